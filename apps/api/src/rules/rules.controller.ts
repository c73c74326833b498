import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { RuleImportService } from './rule-import.service.js';
import { RuleTestService } from './rule-test.service.js';
import { RulesService } from './rules.service.js';

@Controller()
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly importing: RuleImportService,
    private readonly testing: RuleTestService,
  ) {}

  @Handles(endpoints.listRules)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listRules>) {
    return this.rules.list(caller, query);
  }

  @Handles(endpoints.testRules)
  test(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.testRules>) {
    return this.testing.test(caller, body);
  }

  @Handles(endpoints.importRules)
  import(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.importRules>) {
    return this.importing.import(caller, body);
  }

  @Handles(endpoints.getRule)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getRule>) {
    return this.rules.get(caller, params.id);
  }

  @Handles(endpoints.createRules)
  create(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createRules>) {
    return this.rules.create(caller, body);
  }

  @Handles(endpoints.replaceRule)
  replace(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.replaceRule>) {
    return this.rules.replace(caller, params.id, body.yaml);
  }

  @Handles(endpoints.updateRule)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateRule>) {
    return this.rules.update(caller, params.id, body);
  }

  @Handles(endpoints.deleteRule)
  delete(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteRule>) {
    return this.rules.delete(caller, params.id);
  }

  @Handles(endpoints.listRuleVersions)
  versions(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.listRuleVersions>) {
    return this.rules.versions(caller, params.id);
  }

  @Handles(endpoints.restoreRule)
  restore(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.restoreRule>) {
    return this.rules.restore(caller, params.id, body.version);
  }
}
