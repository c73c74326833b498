export default async function tearDown() {
  await globalThis.parapetTestServers?.stop();
}
