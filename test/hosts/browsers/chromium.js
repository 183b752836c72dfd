/** Debian's Chromium. */
import { chromium } from 'playwright-core';
import { visit } from '../pages.js';

await visit(await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] }));
