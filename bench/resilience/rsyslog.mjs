// A real rsyslog: takes lines by TCP, keeps them in a queue that goes to disk, and ships them by RELP.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/lib/ports.mjs';

const configuration = (dir, port, relpPort, localAddress) => `
global(workDirectory="${dir}" maxMessageSize="64k")
module(load="imtcp")
module(load="omrelp")
input(type="imtcp" port="${port}" address="127.0.0.1" ruleset="ship")
ruleset(name="ship" queue.type="LinkedList" queue.size="20000") {
  action(type="omrelp" target="127.0.0.1" port="${relpPort}" localClientIP="${localAddress}" template="RSYSLOG_SyslogProtocol23Format"
    queue.type="LinkedList" queue.size="10000" queue.filename="ship" queue.highwatermark="5000" queue.lowwatermark="2000"
    queue.maxDiskSpace="1g" queue.saveOnShutdown="on" queue.timeoutEnqueue="60000"
    action.resumeRetryCount="-1" action.resumeInterval="1")
}
`;

export class Rsyslog {
  port = 0;
  #child;

  static installed() {
    return spawnSync('rsyslogd', ['-v'], { stdio: 'ignore' }).status === 0;
  }

  static async start(dir, relpPort, localAddress) {
    const rsyslog = new Rsyslog();
    rsyslog.port = await freePort();
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'rsyslog.conf');
    writeFileSync(file, configuration(dir, rsyslog.port, relpPort, localAddress));
    const log = openSync(join(dir, 'rsyslog.log'), 'a', 0o600);
    rsyslog.#child = spawn('rsyslogd', ['-n', '-f', file, '-i', join(dir, 'rsyslog.pid')], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    for (let tries = 0; tries < 100; tries++) {
      const socket = connect({ host: '127.0.0.1', port: rsyslog.port });
      const open = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (open) return rsyslog;
      await sleep(100);
    }
    throw new Error('rsyslogd does not listen');
  }

  async stop() {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await Promise.race([gone, sleep(10_000)]);
    this.#child.kill('SIGKILL');
  }
}
