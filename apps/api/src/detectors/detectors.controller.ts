import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { DetectorsService } from './detectors.service.js';

@Controller()
export class DetectorsController {
  constructor(private readonly detectors: DetectorsService) {}

  @Handles(endpoints.listDetectors)
  list(@Caller() caller: Principal) {
    return this.detectors.list(caller);
  }

  @Handles(endpoints.getDetector)
  get(@Caller() caller: Principal, @Input() { params }: ParsedOf<typeof endpoints.getDetector>) {
    return this.detectors.get(caller, params.id);
  }

  @Handles(endpoints.updateDetector)
  update(@Caller() caller: Principal, @Input() { params, body }: ParsedOf<typeof endpoints.updateDetector>) {
    return this.detectors.update(caller, params.id, body);
  }
}
