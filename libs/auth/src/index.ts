export { hashPassword, needsRehash, verifyPassword } from './passwords.js';
