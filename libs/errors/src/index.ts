export * from './database-errors.js';
export * from './http-errors.js';
export * from './operator-errors.js';
export * from './parapet-error.js';
