import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';
import vue from 'eslint-plugin-vue';
import vueParser from 'vue-eslint-parser';
import prettier from 'eslint-config-prettier';

const root = dirname(fileURLToPath(import.meta.url));

/** Libs that hold logic only: no framework, no database, no Redis. */
const PURE = ['normalize', 'enrich', 'sigma', 'detection', 'contracts'];
/** What may be imported from where: lib → libs it may use. A lib that is not named here may use none. */
const LIB_BORDERS = {
  contracts: [],
  errors: ['contracts'],
  config: ['errors'],
  telemetry: ['errors'],
  normalize: ['contracts'],
  enrich: ['contracts', 'errors'],
  sigma: ['contracts'],
  detection: ['contracts', 'sigma'],
  rules: ['sigma'],
  db: ['contracts', 'errors', 'config'],
  queue: ['contracts', 'errors', 'config', 'telemetry'],
  auth: ['contracts', 'errors', 'config', 'db'],
  eventstore: ['contracts', 'errors', 'db', 'telemetry'],
  testing: [
    'contracts',
    'errors',
    'config',
    'db',
    'queue',
    'auth',
    'eventstore',
    'telemetry',
    'normalize',
    'detection',
    'enrich',
  ],
};
const APPS = ['ingestor', 'processor', 'api', 'cli', 'dashboard'];
const LIBS = Object.keys(LIB_BORDERS);

const relativeEscape = {
  regex: '^(\\.\\./)+(libs|apps)/',
  message: 'Cross a border by its package name (@parapet/<lib>), not by path.',
};
const appPackages = { regex: `^@parapet/(${APPS.join('|')})(/|$)`, message: 'Nobody imports an app.' };
const deepImports = {
  regex: '^@parapet/[a-z-]+/',
  message: 'Import a lib from its root; what it exports is its interface.',
};
const io = {
  regex:
    '^(@nestjs/|@prisma/|pg$|pg-|ioredis$|bullmq$|express$|node:(net|tls|dgram|http|https|fs|fs/promises|child_process)$)',
  message: 'This lib is pure: no framework, no I/O.',
};

const forbidLibs = (allowed, self) => {
  const forbidden = LIBS.filter((lib) => lib !== self && !allowed.includes(lib));
  return forbidden.length === 0
    ? []
    : [
        {
          regex: `^@parapet/(${forbidden.join('|')})$`,
          message: 'Outside this part’s borders; see eslint.config.mjs.',
        },
      ];
};
const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns: patterns.flat() }] });

export default tseslint.config(
  {
    ignores: [
      '**/dist/',
      'node_modules/',
      '.data/',
      '.cache/',
      'libs/db/src/generated/',
      'apps/dashboard/public/',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: { parserOptions: { tsconfigRootDir: root } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { disallowTypeAnnotations: false, fixStyle: 'separate-type-imports' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only libs/config reads the environment.' },
      ],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
    },
  },
  // Nest needs the classes it injects as values (decorator metadata), so type-only imports can't be enforced there.
  {
    files: [
      'apps/{api,ingestor,processor}/**/*.ts',
      'libs/{auth,db,queue,telemetry,testing}/**/*.ts',
      'test/**/*.ts',
    ],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  ...LIBS.map((lib) => ({
    files: [`libs/${lib}/src/**/*.ts`],
    rules: restrict(
      relativeEscape,
      appPackages,
      deepImports,
      ...forbidLibs(LIB_BORDERS[lib], lib),
      ...(PURE.includes(lib) ? [io] : []),
    ),
  })),
  ...['ingestor', 'processor', 'api', 'cli'].map((app) => ({
    files: [`apps/${app}/src/**/*.ts`],
    rules: restrict(relativeEscape, appPackages, deepImports, {
      regex: '^@parapet/testing$',
      message: 'For tests only.',
    }),
  })),
  { files: ['apps/*/src/**/*.spec.ts'], rules: restrict(relativeEscape, appPackages, deepImports) },
  {
    files: ['apps/dashboard/src/**/*.{ts,vue}'],
    rules: restrict(relativeEscape, appPackages, deepImports, ...forbidLibs(['contracts'])),
  },
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser, sourceType: 'module' } },
    rules: {
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/valid-v-slot': ['error', { allowModifiers: true }],
    },
  },
  {
    files: [
      'libs/config/src/**/*.ts',
      'test/**/*.{ts,mjs}',
      'bench/**/*.{ts,mjs}',
      'prisma.config.ts',
      '**/vite.config.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', setTimeout: 'readonly' },
    },
  },
  prettier,
);
