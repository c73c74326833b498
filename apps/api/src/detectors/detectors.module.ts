import { Module } from '@nestjs/common';
import { DetectorsController } from './detectors.controller.js';
import { DetectorsRepository } from './detectors.repository.js';
import { DetectorsService } from './detectors.service.js';

@Module({ controllers: [DetectorsController], providers: [DetectorsRepository, DetectorsService] })
export class DetectorsModule {}
