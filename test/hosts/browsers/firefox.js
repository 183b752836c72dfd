/** Debian's Firefox. */
import { visit } from '../pages.js';

await visit((profile, address) => ['firefox-esr', '--headless', '--no-remote', '--profile', profile, address]);
