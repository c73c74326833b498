import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import vuetify from 'vite-plugin-vuetify';

const contracts = fileURLToPath(new URL('../../libs/contracts/src/index.ts', import.meta.url));
const api = process.env.PARAPET_API ?? 'http://127.0.0.1:3000';

/** Libraries that change seldom and weigh much get files of their own, so that a release does not reload them. */
const VENDORS: [name: string, test: RegExp][] = [
  ['charts', /node_modules\/(echarts|zrender|vue-echarts)\//],
  ['world', /node_modules\/(world-atlas|topojson-client)\//],
  ['live', /node_modules\/(socket\.io|engine\.io|@socket\.io)/],
  // csp.ts must run before any chunk that makes a zod schema.
  ['vue', /node_modules\/(@vue|vue|vue-router|pinia|zod)\/|src\/app\/csp\.ts/],
];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // A line break between inline elements is a space, as in HTML; Prettier breaks lines where it likes.
  plugins: [
    vue({ template: { compilerOptions: { whitespace: 'preserve' } } }),
    vuetify({ autoImport: true }),
  ],
  resolve: { alias: { '@parapet/contracts': contracts } },
  build: {
    target: 'es2022',
    sourcemap: false,
    // The policy is `script-src 'self'`: nothing may be inlined as data: but images, and the preload helper is a file.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: VENDORS.map(([name, test]) => ({ name, test })) },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': { target: api }, '/ws': { target: api, ws: true } },
  },
});
