// `npm start`: brings Parapet up on a fresh clone, prints where to look, keeps it running, stops it in order.
import { announce } from './lib/announce.mjs';
import { Product } from './lib/product.mjs';
import { stopOnSignals } from './lib/signals.mjs';
import { ignoreClosedTerminal, line, problem, StartError, StartInterrupted, terminal } from './lib/say.mjs';

ignoreClosedTerminal();
const since = Date.now();
const product = new Product({ env: process.env, reporter: terminal });
stopOnSignals(product, terminal);

line('Parapet is starting');
try {
  announce(await product.start(), { since, reporter: terminal });
} catch (error) {
  if (!(error instanceof StartInterrupted)) {
    problem(`\nParapet did not start.\n${error instanceof StartError ? error.message : error.stack}`);
    process.exitCode = 1;
  } else {
    line('Stopped before it was up; nothing is left running.');
    process.exitCode = 130;
  }
}
