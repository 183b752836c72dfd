/** Debian's Chromium and Firefox, each on every page. */
import { once } from '../command.js';
import { pages, visit } from '../pages.js';

const browsers = {
  Chromium: (profile, address) => [
    'chromium',
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    address,
  ],
  Firefox: (profile, address) => ['firefox-esr', '--headless', '--no-remote', '--profile', profile, address],
};

export default Object.entries(browsers).flatMap(([browser, command]) => {
  const found = once(() => visit(command));
  return Object.entries(pages).map(([page, { wants }]) => ({ name: `${browser}, ${page}`, wants, run: async () => (await found())[page] }));
});
