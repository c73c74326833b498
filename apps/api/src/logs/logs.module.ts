import { Module } from '@nestjs/common';
import { AssetsModule } from '../assets/assets.module.js';
import { ParsersModule } from '../parsers/parsers.module.js';
import { LogsController } from './logs.controller.js';
import { LogsService } from './logs.service.js';

@Module({
  imports: [AssetsModule, ParsersModule],
  controllers: [LogsController],
  providers: [LogsService],
  exports: [LogsService],
})
export class LogsModule {}
