import { removeTestFolder } from '../../scripts/lib/test-servers.mjs';

export default async function tearDown() {
  const product = globalThis.parapetProduct;
  if (!product) return;
  if (product.launcher.exitCode === null) product.launcher.kill('SIGTERM');
  await product.exited;
  // The servers' logs of a failed run are worth a look: PARAPET_KEEP_TEST_DATA=1 leaves them.
  if (!process.env.PARAPET_KEEP_TEST_DATA) removeTestFolder(product.dataDir);
}
