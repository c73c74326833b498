import { Module } from '@nestjs/common';
import { AlertsModule } from '../alerts/alerts.module.js';
import { BlocklistController } from './blocklist.controller.js';
import { BlocklistFileService } from './blocklist-file.service.js';
import { BlocklistRepository } from './blocklist.repository.js';
import { BlocklistService } from './blocklist.service.js';

@Module({
  imports: [AlertsModule],
  controllers: [BlocklistController],
  providers: [BlocklistRepository, BlocklistService, BlocklistFileService],
})
export class BlocklistModule {}
