// Ctrl-C, SIGTERM and a closed terminal stop the product in order; a second signal hurries.

/** npm passes a signal on that the terminal has already sent: two of them at once are one wish. */
const ECHO_MS = 1000;

export function stopOnSignals(product, reporter) {
  let asked = 0;
  const onSignal = async (signal) => {
    const now = Date.now();
    if (asked !== 0 && now - asked < ECHO_MS) return;
    reporter.line(asked === 0 ? '\nStopping in order (again to hurry) …' : 'Hurrying …');
    asked = now;
    await product.stop();
    if (process.exitCode === undefined) {
      reporter.line('Stopped.');
      process.exitCode = signal === 'SIGINT' ? 130 : 0;
    }
    process.exit();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  // A fault of the launcher itself must not leave the services behind.
  process.on('uncaughtException', async (error) => {
    reporter.problem(`The launcher failed and stops everything:\n${error.stack}`);
    process.exitCode = 1;
    await product.stop();
    process.exit();
  });
}
