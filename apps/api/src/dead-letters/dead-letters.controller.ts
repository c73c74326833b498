import { Controller } from '@nestjs/common';
import { endpoints, type ParsedOf } from '@parapet/contracts';
import { Handles, Input } from '../http/handles.js';
import { Caller, type Principal } from '../http/principal.js';
import { DeadLettersService } from './dead-letters.service.js';

@Controller()
export class DeadLettersController {
  constructor(private readonly letters: DeadLettersService) {}

  @Handles(endpoints.listDeadLetters)
  list(@Caller() caller: Principal, @Input() { query }: ParsedOf<typeof endpoints.listDeadLetters>) {
    return this.letters.list(caller, query);
  }

  @Handles(endpoints.replayDeadLetters)
  replay(@Caller() caller: Principal, @Input() { body }: ParsedOf<typeof endpoints.replayDeadLetters>) {
    return this.letters.replay(caller, body);
  }
}
