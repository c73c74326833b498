import { Global, Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { ACCESS_TOKEN } from '@parapet/auth';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import { ApiKeyDirectory } from './api-key-directory.service.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.service.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { BrowserSessions } from './browser-sessions.service.js';
import { CsrfService } from './csrf.service.js';
import { JwtStrategy } from './jwt.strategy.js';
import { LoginThrottle } from './login-throttle.js';
import { SessionDirectory } from './session-directory.service.js';
import { SessionsRepository } from './sessions.repository.js';

/** Sign-in. Global, because the WebSocket gateway checks tokens, sessions and origins by the same services. */
@Global()
@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [SETTINGS],
      useFactory: (settings: ApiSettings) => ({
        secret: settings.JWT_SECRET,
        signOptions: {
          algorithm: ACCESS_TOKEN.algorithm,
          issuer: ACCESS_TOKEN.issuer,
          audience: ACCESS_TOKEN.audience,
          expiresIn: ACCESS_TOKEN.seconds,
          header: { alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type },
        },
      }),
    }),
  ],
  controllers: [AuthController],
  providers: [
    AccessGuard,
    AccessTokens,
    ApiKeyDirectory,
    AuthService,
    BrowserSessions,
    CsrfService,
    JwtStrategy,
    LoginThrottle,
    SessionDirectory,
    SessionsRepository,
  ],
  exports: [AccessGuard, AccessTokens, CsrfService, SessionDirectory],
})
export class AuthModule {}
