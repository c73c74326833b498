import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { SourcesService } from './sources.service.js';

@Controller()
export class SourcesController {
  constructor(private readonly sources: SourcesService) {}

  @Handles(endpoints.listSources)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listSources>) {
    return this.sources.list(caller, query);
  }

  @Handles(endpoints.getSource)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getSource>) {
    return this.sources.get(caller, params.id);
  }

  @Handles(endpoints.createSource)
  create(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createSource>) {
    return this.sources.create(caller, body);
  }

  @Handles(endpoints.updateSource)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateSource>) {
    return this.sources.update(caller, params.id, body);
  }

  @Handles(endpoints.renewSourceToken)
  renewToken(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.renewSourceToken>) {
    return this.sources.renewToken(caller, params.id);
  }

  @Handles(endpoints.deleteSource)
  delete(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteSource>) {
    return this.sources.delete(caller, params.id);
  }
}
