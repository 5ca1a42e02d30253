/* main.jsx - the frame of the page: header, the view that the address names. */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { has_key, useLock } from './api.js';
import { Incident } from './incident.jsx';
import { ForgetKey, Key } from './key.jsx';
import { Normals } from './normals.jsx';
import { Notifications } from './notifications.jsx';
import { Now } from './now.jsx';
import { Announcer, place } from './parts.jsx';

function View({ at, first, back }) {
    switch (at.view) {
    case 'incident':
        return <Incident key={at.id} id={at.id} back={back} />;
    case 'normal':
        return <Normals />;
    case 'messages':
        return <Notifications />;
    default:
        return <Now parameters={at.parameters} first={first} />;
    }
}

function NavigationLink({ to, here, children }) {
    return <li><a href={to} aria-current={here ? 'page' : undefined}>{children}</a></li>;
}

function Page() {
    const [at, set] = useState(place);
    const { locked, unlock, forget } = useLock();
    const first = useRef(true); // no heading takes the focus when the page is opened
    const back = useRef('#/'); // the list as it was last seen
    useEffect(() => {
        function changed() {
            first.current = false;
            set(place());
        }
        addEventListener('hashchange', changed);
        return () => removeEventListener('hashchange', changed);
    }, []);
    if (at.view === 'now') {
        back.current = location.hash || '#/';
    }
    function skip(event) {
        event.preventDefault();
        document.getElementById('main').focus();
    }
    return (
        <>
            <a class="skip" href="#main" onClick={skip}>Skip to the content</a>
            <header>
                <a class="brand" href="#/">
                    <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                        <rect x="1" y="12" width="3" height="6" rx="1" /><rect x="6" y="10" width="3" height="8" rx="1" />
                        <rect class="odd" x="11" y="2" width="3" height="16" rx="1" /><rect x="16" y="11" width="3" height="7" rx="1" />
                    </svg>
                    System Logs Analyzer
                </a>
                <nav aria-label="Views">
                    <ul>
                        <NavigationLink to="#/" here={at.view === 'now'}>Now</NavigationLink>
                        <NavigationLink to="#/normal" here={at.view === 'normal'}>Normal</NavigationLink>
                        <NavigationLink to="#/messages" here={at.view === 'messages'}>Messages</NavigationLink>
                    </ul>
                </nav>
            </header>
            <main id="main" tabindex="-1">
                {locked
                    ? <Key said={locked} onOpen={unlock} />
                    : <View at={at} first={first.current} back={back.current} />}
            </main>
            <footer>
                <p>
                    All of it is also there for programs{has_key() || locked
                        ? <>, with a key: <code>incidents</code>, <code>meta</code></>
                        : <>: <a href="incidents">incidents</a>, <a href="meta">meta</a></>}.
                    {' '}Times are this browser’s.
                </p>
                {!locked && <ForgetKey onForget={forget} />}
                <p><a href="licenses.txt">Licences</a></p>
            </footer>
            <Announcer />
        </>
    );
}

render(<Page />, document.getElementById('app'));
