import { hash, parseOptions, verify } from '@node-rs/argon2';

/** OWASP's second choice for Argon2id: 19 MiB, two passes, one lane. Costs about 20 ms. The library's default algorithm is Argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A password's PHC string (`$argon2id$…`) with a salt of its own. */
export function hashPassword(plain: string): Promise<string> {
  return hash(plain, COST);
}

/** Whether a password is the one of a PHC string. A string that is no PHC string fits no password. */
export async function verifyPassword(hashed: string, plain: string): Promise<boolean> {
  if (!hashed.startsWith('$argon2')) return false;
  return verify(hashed, plain);
}

/** Whether a hash was made more cheaply than we make them today, so that sign-in should replace it. */
export function needsRehash(hashed: string): boolean {
  if (!hashed.startsWith('$argon2id$')) return true;
  const made = parseOptions(hashed);
  return (
    made.memoryCost < COST.memoryCost || made.timeCost < COST.timeCost || made.parallelism < COST.parallelism
  );
}
