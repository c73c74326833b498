import { Module } from '@nestjs/common';
import { ManagedRules } from '@parapet/detection';
import { readManagedRules } from '@parapet/rules';
import type { ApiSettings } from '../core/api-settings.js';
import { SETTINGS } from '../core/tokens.js';
import { LogsModule } from '../logs/logs.module.js';
import { RuleChecker } from './rule-checker.service.js';
import { RuleImportService } from './rule-import.service.js';
import { RuleTestService } from './rule-test.service.js';
import { RulesController } from './rules.controller.js';
import { RulesRepository } from './rules.repository.js';
import { RulesService } from './rules.service.js';

@Module({
  imports: [LogsModule],
  controllers: [RulesController],
  providers: [
    {
      provide: ManagedRules,
      inject: [SETTINGS],
      // The processor tells of those that can't be used.
      useFactory: async ({ RULES_DIR }: ApiSettings) => new ManagedRules(await readManagedRules(RULES_DIR)),
    },
    RuleChecker,
    RuleImportService,
    RuleTestService,
    RulesRepository,
    RulesService,
  ],
})
export class RulesModule {}
