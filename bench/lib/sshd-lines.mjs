// Lines as OpenSSH writes them, in the mix of a server that faces the internet. Seeded: the same call, the same lines.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const USERS = ['root', 'admin', 'ubuntu', 'git', 'postgres', 'deploy', 'oracle', 'test', 'jenkins', 'backup'];
const HOSTS = ['web-1', 'web-2', 'db-1', 'gw-1', 'build-3'];

/** Ranks drawn by Zipf's law (exponent 1.1): few addresses make most of the noise, as on a real server. */
function zipf(count, random) {
  const cumulative = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) cumulative.push((sum += rank ** -1.1));
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * @param {number} count
 * @param {{seed?: number, attackers?: number, uniform?: boolean, at?: Date}} [options] `attackers`: how many addresses the
 *   failures come from; `uniform`: all equally busy, the worst case for windows and alerts
 * @returns {string[]} RFC 5424 messages
 */
export function sshdLines(count, { seed = 1, attackers = 2000, uniform = false, at = new Date() } = {}) {
  const random = generator(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const addresses = Array.from(
    { length: attackers },
    () =>
      `${Math.floor(random() * 200) + 11}.${Math.floor(random() * 256)}.${Math.floor(random() * 256)}.${Math.floor(random() * 254) + 1}`,
  );
  const rank = uniform ? () => Math.floor(random() * attackers) : zipf(attackers, random);
  const stamp = at.toISOString();
  return Array.from({ length: count }, () => {
    const dice = random();
    const ip = addresses[rank()];
    const user = pick(USERS);
    const port = 32768 + Math.floor(random() * 28000);
    let message;
    if (dice < 0.5) message = `Failed password for ${user} from ${ip} port ${port} ssh2`;
    else if (dice < 0.65)
      message = `Failed password for invalid user ${user}${Math.floor(random() * 100)} from ${ip} port ${port} ssh2`;
    else if (dice < 0.75)
      message = `Invalid user ${user}${Math.floor(random() * 100)} from ${ip} port ${port}`;
    else if (dice < 0.82)
      message = `Connection closed by authenticating user ${user} ${ip} port ${port} [preauth]`;
    else if (dice < 0.89) message = `Received disconnect from ${ip} port ${port}:11: Bye Bye [preauth]`;
    else if (dice < 0.95)
      message = `Accepted publickey for deploy from 10.0.1.${Math.floor(random() * 250) + 1} port ${port} ssh2: ED25519 SHA256:uxLXc2Ek6HqZ1mW2yVnQ3l9o0b1rT4s5u6v7w8x9y0A`;
    else message = `pam_unix(sshd:session): session opened for user deploy(uid=1001) by (uid=0)`;
    return `<38>1 ${stamp} ${pick(HOSTS)} sshd ${1000 + Math.floor(random() * 60000)} - - ${message}`;
  });
}

export const octetCounted = (lines) =>
  Buffer.concat(lines.map((line) => Buffer.from(`${Buffer.byteLength(line)} ${line}`)));
