/** Debian's Firefox, by WebDriver BiDi: it has none of the patches that Playwright's own build has. */
import { firefox } from 'playwright-core';
import { visit } from '../pages.js';

await visit(await firefox.launch({ channel: 'moz-firefox', executablePath: '/usr/bin/firefox-esr' }));
