import { z } from 'zod';
import { endpoint } from './endpoint.js';
import { roleSchema } from './permissions.js';
import { idSchema } from './common.js';

export const userSchema = z
  .object({
    id: idSchema,
    email: z.email(),
    name: z.string(),
    role: roleSchema,
    tenant: z.object({ id: idSchema, slug: z.string(), name: z.string() }),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

export const sessionSchema = z
  .object({
    accessToken: z.string(),
    csrfToken: z.string(),
    expiresIn: z.int().describe('seconds'),
    user: userSchema,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof sessionSchema>;

export const login = endpoint({
  id: 'login',
  method: 'POST',
  path: '/auth/login',
  summary: 'Sign in. Sets the session cookies and returns an access token for clients without cookies.',
  permission: 'public',
  body: z.object({
    email: z.string().trim().toLowerCase().max(254),
    password: z.string().min(1).max(1024),
    totp: z.string().max(10).optional(),
  }),
  response: sessionSchema,
  status: 200,
});

export const refresh = endpoint({
  id: 'refresh',
  method: 'POST',
  path: '/auth/refresh',
  summary:
    'Rotate the refresh cookie and get a new access token. Reuse of an old refresh token ends the session.',
  permission: 'public',
  response: sessionSchema,
  status: 200,
});

export const logout = endpoint({
  id: 'logout',
  method: 'POST',
  path: '/auth/logout',
  summary: 'End this session; its tokens and sockets stop working.',
  permission: 'self:write',
});

export const me = endpoint({
  id: 'me',
  method: 'GET',
  path: '/auth/me',
  summary: 'Who is signed in, and a CSRF token for the session cookies.',
  permission: 'self:read',
  response: z.object({ user: userSchema, csrfToken: z.string() }),
});
