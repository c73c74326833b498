// What the launcher tells the person at the terminal: one calm line a step, and errors that name a remedy.

/** A start that can't go on. `message` says what is wrong and what to do; no stack is shown. */
export class StartError extends Error {
  constructor(message) {
    super(message);
    this.name = 'StartError';
  }
}

/** The person asked to stop while the start was still under way. */
export class StartInterrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'StartInterrupted';
  }
}

const write = (stream, text) => {
  if (!stream.destroyed) stream.write(text);
};

/** A closed terminal or pipe must not end the launcher before it has stopped its services in order. */
export function ignoreClosedTerminal() {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => stream.destroy());
}

export const line = (text = '') => write(process.stdout, `${text}\n`);
export const problem = (text) => write(process.stderr, `${text}\n`);
export const step = (label, text) => line(`  ${label.padEnd(12)} ${text}`);

/** A reporter that says nothing, for callers that start servers in the background. */
export const quiet = { line: () => {}, problem: () => {}, step: () => {} };
export const terminal = { line, problem, step };

export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Log text may come from an attacker: no control byte of it reaches the terminal. */
export const printable = (text) =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c === '\t' ? ' ' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
