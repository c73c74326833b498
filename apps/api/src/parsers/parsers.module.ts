import { Module } from '@nestjs/common';
import { ParsersController } from './parsers.controller.js';
import { ParsersRepository } from './parsers.repository.js';
import { ParsersService } from './parsers.service.js';

@Module({
  controllers: [ParsersController],
  providers: [ParsersRepository, ParsersService],
  exports: [ParsersService],
})
export class ParsersModule {}
