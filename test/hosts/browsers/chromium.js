/** Debian's Chromium. */
import { visit } from '../pages.js';

await visit((profile, address) => ['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`, address]);
