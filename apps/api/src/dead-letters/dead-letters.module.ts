import { Module } from '@nestjs/common';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersRepository } from './dead-letters.repository.js';
import { DeadLettersService } from './dead-letters.service.js';

@Module({ controllers: [DeadLettersController], providers: [DeadLettersRepository, DeadLettersService] })
export class DeadLettersModule {}
