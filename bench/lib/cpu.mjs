// CPU time by process from /proc, children of a server (PostgreSQL's backends) counted with it.
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const rest = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(rest[1]),
      own: Number(rest[11]) + Number(rest[12]),
      reaped: Number(rest[13]) + Number(rest[14]),
    };
  } catch {
    return null;
  }
}

/** CPU seconds of a process and all that descend from it, the ended ones included as far as they were waited for. */
export function cpuSeconds(pid) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(name))
    .filter(Boolean);
  const byParent = Map.groupBy
    ? Map.groupBy(all, (s) => s.parent)
    : all.reduce((map, s) => map.set(s.parent, [...(map.get(s.parent) ?? []), s]), new Map());
  let ticks = 0;
  const visit = (stat) => {
    ticks += stat.own + stat.reaped;
    for (const child of byParent.get(Number(stat.pid)) ?? []) visit(child);
  };
  const root = all.find((s) => Number(s.pid) === Number(pid));
  if (root) visit(root);
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory, MiB. */
export function residentMiB(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0
    ? Number.NaN
    : sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)];
}
