/** The digest by one thread. */
import { digest } from './product.js';

console.log(digest());
