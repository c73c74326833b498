import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { AssetsService } from './assets.service.js';

@Controller()
export class AssetsController {
  constructor(private readonly assets: AssetsService) {}

  @Handles(endpoints.listAssets)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listAssets>) {
    return this.assets.list(caller, query);
  }

  @Handles(endpoints.getAsset)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getAsset>) {
    return this.assets.get(caller, params.id);
  }

  @Handles(endpoints.createAsset)
  create(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.createAsset>) {
    return this.assets.create(caller, body);
  }

  @Handles(endpoints.importAssets)
  import(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.importAssets>) {
    return this.assets.import(caller, body);
  }

  @Handles(endpoints.updateAsset)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateAsset>) {
    return this.assets.update(caller, params.id, body);
  }

  @Handles(endpoints.deleteAsset)
  delete(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.deleteAsset>) {
    return this.assets.delete(caller, params.id);
  }
}
