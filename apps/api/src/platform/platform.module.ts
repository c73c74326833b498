import { Module } from '@nestjs/common';
import { SourcesModule } from '../sources/sources.module.js';
import { PlatformController } from './platform.controller.js';
import { PlatformService } from './platform.service.js';

@Module({ imports: [SourcesModule], controllers: [PlatformController], providers: [PlatformService] })
export class PlatformModule {}
