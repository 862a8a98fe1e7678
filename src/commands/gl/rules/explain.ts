export { command } from '../explain.js';
