// Entry of the dashboard: puts the application into the page. Nothing else runs at load.

import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('The page has no place for the dashboard.');
render(<App />, root);
