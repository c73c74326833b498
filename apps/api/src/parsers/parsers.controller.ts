import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { ParsersService } from './parsers.service.js';

@Controller()
export class ParsersController {
  constructor(private readonly parsers: ParsersService) {}

  @Handles(endpoints.listParsers)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listParsers>) {
    return this.parsers.list(caller, query);
  }

  // Before /parsers/:id.
  @Handles(endpoints.listBuiltinParsers)
  builtin() {
    return this.parsers.builtin();
  }

  @Handles(endpoints.testParser)
  test(@Input() { body }: ParsedOf<typeof endpoints.testParser>) {
    return this.parsers.test(body);
  }

  @Handles(endpoints.getParser)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getParser>) {
    return this.parsers.get(caller, params.id);
  }

  @Handles(endpoints.createParser)
  create(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createParser>) {
    return this.parsers.create(caller, body);
  }

  @Handles(endpoints.updateParser)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateParser>) {
    return this.parsers.update(caller, params.id, body);
  }

  @Handles(endpoints.deleteParser)
  delete(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteParser>) {
    return this.parsers.delete(caller, params.id);
  }
}
