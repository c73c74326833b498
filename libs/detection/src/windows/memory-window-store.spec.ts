import { MemoryWindowStore } from './memory-window-store.js';
import { marksSuite } from './marks.suite.js';
import { windowStoreSuite } from './window-store.suite.js';

const store = new MemoryWindowStore();

const open = () => ({
  store,
  sizes: (tenantId: string) => Promise.resolve(store.sizes(tenantId)),
  runs: 1500,
});

windowStoreSuite('memory', open);
marksSuite('memory', open);
