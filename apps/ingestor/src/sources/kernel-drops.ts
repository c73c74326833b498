import { readFile } from 'node:fs/promises';
import { countFailure, metrics } from '@parapet/telemetry';

const TABLES = ['/proc/net/udp', '/proc/net/udp6'];

/**
 * Datagrams the kernel threw away because the receive buffer of the socket on `port` was full, in all since it was
 * opened: the last column of /proc/net/udp (proc_net_udp(5)). Undefined where there is no such table.
 */
export function dropsIn(table: string, port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops: number | undefined;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    if (!columns[1]?.endsWith(wanted)) continue;
    drops = (drops ?? 0) + Number(columns.at(-1) ?? 0);
  }
  return drops;
}

/** R10: what the kernel dropped is told apart from what we dropped. */
export async function readKernelDrops(port: number): Promise<void> {
  if (process.platform !== 'linux') return;
  let drops: number | undefined;
  for (const table of TABLES) {
    try {
      const found = dropsIn(await readFile(table, 'latin1'), port);
      if (found !== undefined) drops = (drops ?? 0) + found;
    } catch {
      countFailure('syslog/udp', 'kernel_drops');
    }
  }
  if (drops !== undefined) metrics.udpKernelDrops.set(drops);
}
