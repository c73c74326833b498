import { MemoryWindowStore } from './memory-window-store.js';
import { windowStoreSuite } from './window-store.suite.js';

const store = new MemoryWindowStore();

windowStoreSuite('memory', () => ({
  store,
  sizes: (tenantId) => Promise.resolve(store.sizes(tenantId)),
  runs: 1500,
}));
