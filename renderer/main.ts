// Starts the window: joins the bridge, the state and the components.
import { mount } from 'svelte';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/floating.css';
import './style/rows.css';
import App from './App.svelte';
import { createAppClient } from './app-client.ts';
import { browserClock } from './clock.ts';
import { AppState } from './state/app-state.svelte.ts';

const app = new AppState(createAppClient(window.watchword), browserClock);
const target = document.getElementById('app');
if (target !== null) mount(App, { target, props: { app } });
void app.start();
// Typed words survive the closing of the window.
window.addEventListener('pagehide', () => void app.composer.saveAll());
window.addEventListener('blur', () => void app.composer.saveAll());
