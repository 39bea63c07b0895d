BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'vigie','0001_base','2026-11-24 08:42:28.827731+00:00');
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    name TEXT NOT NULL,
    location TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    UNIQUE (site, name, location)
) STRICT;
INSERT INTO "checks" VALUES(1,'shop','uptime','local','uptime','https://shop.example/');
INSERT INTO "checks" VALUES(2,'shop','links','local','links','https://shop.example/');
INSERT INTO "checks" VALUES(3,'shop','tls','local','tls','https://shop.example/');
CREATE TABLE counters (
    prefix TEXT NOT NULL,
    year INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (prefix, year)
) STRICT, WITHOUT ROWID;
INSERT INTO "counters" VALUES('ACME',2026,3);
CREATE TABLE cursors (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    at INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    blind_since INTEGER,
    held_from INTEGER,
    held_to INTEGER
) STRICT;
INSERT INTO "cursors" VALUES(1,1795515300000,0,1795515300000,1795515240000,1795515300000);
INSERT INTO "cursors" VALUES(2,1795514460000,1,NULL,NULL,NULL);
INSERT INTO "cursors" VALUES(3,1795515180000,1,NULL,NULL,NULL);
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket TEXT NOT NULL REFERENCES tickets,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    log TEXT NOT NULL,
    UNIQUE (ticket, seq)
) STRICT;
INSERT INTO "events" VALUES(1,'ACME-2026-0001',1,1795514460500,'vigie','opened','18d5a798d0b7bdc7d658f6334509c36939f14bbfd83db3b7e9ab1677507af794','','8eeb3bd5d60800f041890682736e3c2b9419dc9f5d19335f09256e1220de17b4','dcf5d69914deacaf8dee46f2a97f0b7525e620e249bcc425bfb8cfdf8f3e5c98');
INSERT INTO "events" VALUES(2,'ACME-2026-0002',1,1795514460500,'vigie','opened','3f166712552d2eed14cde3c99fbf8d4fb88cdf91ad7da05fb37c6ecac9686359','','7dd0b4a11cab438e3c5323b92dc8986735842fdc2f5a04aa57c2e7e9b82e27ec','7c83725864b46e3fae2507c0ca43c60034f1790b1967fb0ee5dcffbaf0c65765');
INSERT INTO "events" VALUES(3,'ACME-2026-0002',2,1795514460500,'vigie','explained','089d7e5abdf48476978671f60f010ff94a3f738915a5f0eb80faa6f5b18ea233','7dd0b4a11cab438e3c5323b92dc8986735842fdc2f5a04aa57c2e7e9b82e27ec','79c26fa55aab9b8cdce575be10a6ac9368d34b975d0846720426da84d69a4ad4','5e627eff880be6f01f1af0ac1da189356f2a16c75f124b8c74d070cb7fc32b6c');
INSERT INTO "events" VALUES(4,'ACME-2026-0001',2,1795514580500,'vigie','resolved','96867d22f23265d00bfa1793ac0344c888eb3d719e4c3cce8effcd696450b361','8eeb3bd5d60800f041890682736e3c2b9419dc9f5d19335f09256e1220de17b4','629d06739ee2d33d27c1f7847a535b38330fb95033d4311e7203e9c8291ae38b','f4c2bef29b118a06a075a3fe195df58d696da01a77674997d69dc6ad017f1af2');
INSERT INTO "events" VALUES(5,'ACME-2026-0001',3,1795515060500,'vigie','reopened','96dfbe449ed27e25622934698a6be4f5b20f739bb5c5c02cac93036255c55fac','629d06739ee2d33d27c1f7847a535b38330fb95033d4311e7203e9c8291ae38b','cf4fbc429ab8bafc17a18055aaff7166947b53b65b7da944da3a69b01dcd6a12','8be27f2c331528c8ceda74fc1d34db0e3970203eb97316578981086c12bfca62');
INSERT INTO "events" VALUES(6,'ACME-2026-0001',4,1795515120500,'vigie','updated','72b37d1b753a81666862c4cbd6941f1f57b0115855fa9927a82f17a6d21e5b76','cf4fbc429ab8bafc17a18055aaff7166947b53b65b7da944da3a69b01dcd6a12','d218507a0c7c038ce684929611b8ad308e87ca9a3ee76cddeda572944a8db623','0dd1017bc09392381c9ed0950ccbfe13a85f6bdf94848d2aeed164304a75a811');
INSERT INTO "events" VALUES(7,'ACME-2026-0003',1,1795515180500,'vigie','opened','bdf7bd878c334e4f09470c7b995ac6c0bbbddd572e6bdb5dcdf4fc0f97cf9ecf','','2ee227a854f2a40e8bb1b7a49947c2e71b3e8a71da31a1d4f62826536fa8f9e1','c7456a0737e2def5bfb1863f36ef7a85b47d66758103c0f04fb283c9b38679a3');
CREATE TABLE latest (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    started INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO "latest" VALUES(1,1795515300000,'{"id":"00000000000000000000000011","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:15:00Z","seconds":0.5,"only":[],"answer":{"cause":"resolver","detail":""}}');
INSERT INTO "latest" VALUES(2,1795514460000,'{"id":"00000000000000000000000003","key":{"site":"shop","check":"links","location":"local"},"kind":"links","started":"2026-11-24T10:01:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.broken","subject":"https://shop.example/x","severity":"major","layer":6,"blocks":false,"shares":[],"facts":[]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "latest" VALUES(3,1795515180000,'{"id":"00000000000000000000000009","key":{"site":"shop","check":"tls","location":"local"},"kind":"tls","started":"2026-11-24T10:13:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.expiring","subject":"shop.example:443","severity":"minor","layer":3,"blocks":false,"shares":[],"facts":[]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
CREATE TABLE memories (
    check_id INTEGER PRIMARY KEY REFERENCES checks,
    body TEXT NOT NULL,
    written INTEGER NOT NULL
) STRICT;
CREATE TABLE outcomes (
    check_id INTEGER NOT NULL REFERENCES checks,
    started INTEGER NOT NULL,
    id TEXT NOT NULL,
    took INTEGER NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('ok', 'findings', 'untested', 'unobserved')),
    body TEXT, -- the outcome as JSON; NULL for a run that had nothing to say
    PRIMARY KEY (check_id, started, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "outcomes" VALUES(1,1795514400000,'00000000000000000000000001',500,'findings','{"id":"00000000000000000000000001","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:00:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(1,1795514460000,'00000000000000000000000002',500,'findings','{"id":"00000000000000000000000002","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:01:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(1,1795514520000,'00000000000000000000000004',500,'ok',NULL);
INSERT INTO "outcomes" VALUES(1,1795514580000,'00000000000000000000000005',500,'ok',NULL);
INSERT INTO "outcomes" VALUES(1,1795515000000,'00000000000000000000000006',500,'findings','{"id":"00000000000000000000000006","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:10:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(1,1795515060000,'00000000000000000000000007',500,'findings','{"id":"00000000000000000000000007","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:11:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(1,1795515120000,'00000000000000000000000008',500,'findings','{"id":"00000000000000000000000008","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:12:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","timeout"]]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(1,1795515240000,'00000000000000000000000010',500,'ok',NULL);
INSERT INTO "outcomes" VALUES(1,1795515300000,'00000000000000000000000011',500,'unobserved','{"id":"00000000000000000000000011","key":{"site":"shop","check":"uptime","location":"local"},"kind":"uptime","started":"2026-11-24T10:15:00Z","seconds":0.5,"only":[],"answer":{"cause":"resolver","detail":""}}');
INSERT INTO "outcomes" VALUES(2,1795514460000,'00000000000000000000000003',500,'findings','{"id":"00000000000000000000000003","key":{"site":"shop","check":"links","location":"local"},"kind":"links","started":"2026-11-24T10:01:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.broken","subject":"https://shop.example/x","severity":"major","layer":6,"blocks":false,"shares":[],"facts":[]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
INSERT INTO "outcomes" VALUES(3,1795515180000,'00000000000000000000000009',500,'findings','{"id":"00000000000000000000000009","key":{"site":"shop","check":"tls","location":"local"},"kind":"tls","started":"2026-11-24T10:13:00Z","seconds":0.5,"only":[],"answer":{"findings":[{"rule":"t.expiring","subject":"shop.example:443","severity":"minor","layer":3,"blocks":false,"shares":[],"facts":[]}],"measures":[],"untested":[],"memory":null,"artifacts":[],"attempts":[]}}');
CREATE TABLE payloads (
    event INTEGER PRIMARY KEY REFERENCES events,
    body TEXT NOT NULL
) STRICT;
INSERT INTO "payloads" VALUES(1,'{"run":{"id":"00000000000000000000000002","started":"2026-11-24T10:01:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}}');
INSERT INTO "payloads" VALUES(2,'{"run":{"id":"00000000000000000000000003","started":"2026-11-24T10:01:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.broken","subject":"https://shop.example/x","severity":"major","layer":6,"blocks":false,"shares":[],"facts":[]}}');
INSERT INTO "payloads" VALUES(3,'{"parent":"ACME-2026-0001"}');
INSERT INTO "payloads" VALUES(4,'{"run":{"id":"00000000000000000000000005","started":"2026-11-24T10:03:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}}');
INSERT INTO "payloads" VALUES(5,'{"run":{"id":"00000000000000000000000007","started":"2026-11-24T10:11:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]}}');
INSERT INTO "payloads" VALUES(6,'{"run":{"id":"00000000000000000000000008","started":"2026-11-24T10:12:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","timeout"]]},"before":{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","refused"]]},"changed":["reason"]}');
INSERT INTO "payloads" VALUES(7,'{"run":{"id":"00000000000000000000000009","started":"2026-11-24T10:13:00+00:00","seconds":0.5},"attempts":[],"finding":{"rule":"t.expiring","subject":"shop.example:443","severity":"minor","layer":3,"blocks":false,"shares":[],"facts":[]}}');
CREATE TABLE rollups (
    check_id INTEGER NOT NULL REFERENCES checks,
    hour INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    took INTEGER NOT NULL,
    PRIMARY KEY (check_id, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO "rollups" VALUES(1,1795514400000,240000,360000,240000,0,0);
CREATE TABLE tickets (
    ref TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    check_id INTEGER NOT NULL REFERENCES checks,
    site TEXT NOT NULL,
    client TEXT NOT NULL,
    contract TEXT,
    language TEXT NOT NULL,
    target TEXT NOT NULL,
    rule TEXT NOT NULL,
    family TEXT NOT NULL,
    subject TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'major', 'minor', 'info')),
    maintenance TEXT NOT NULL,
    finding TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('open', 'acknowledged', 'in_progress', 'pending', 'resolved', 'closed', 'merged')),
    opened_at INTEGER NOT NULL,
    detected_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    acked_at INTEGER,
    restored_at INTEGER,
    closed_at INTEGER,
    parent TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    merged_into TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    recurrence_of TEXT REFERENCES tickets DEFERRABLE INITIALLY DEFERRED,
    reopen_count INTEGER NOT NULL,
    flapping INTEGER NOT NULL,
    occurrences INTEGER NOT NULL,
    told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "tickets" VALUES('ACME-2026-0001','v1:a97dbcd7888c197985167abba557e9c38973ad743669087ec02675ded3143ca6',1,'shop','acme',NULL,'en','https://shop.example/','t.down','uptime.available','uptime','critical','corrective','{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","timeout"]]}','open',1795514460500,1795514400000,1795515120000,NULL,NULL,NULL,NULL,NULL,NULL,1,0,3,1);
INSERT INTO "tickets" VALUES('ACME-2026-0002','v1:54a3d39b66396a8fb3a9e81f05b9ce5fb97cf375c358684728f05d2721eef6aa',2,'shop','acme',NULL,'en','https://shop.example/','t.broken','t.broken','https://shop.example/x','major','corrective','{"rule":"t.broken","subject":"https://shop.example/x","severity":"major","layer":6,"blocks":false,"shares":[],"facts":[]}','open',1795514460500,1795514460000,1795514460000,NULL,NULL,NULL,'ACME-2026-0001',NULL,NULL,0,0,1,0);
INSERT INTO "tickets" VALUES('ACME-2026-0003','v1:ab5dd22cd0acff1b5294aa154ae05359b24fc24740333f75effa1da07e46e5b4',3,'shop','acme',NULL,'en','https://shop.example/','t.expiring','t.validity','shop.example:443','minor','corrective','{"rule":"t.expiring","subject":"shop.example:443","severity":"minor","layer":3,"blocks":false,"shares":[],"facts":[]}','open',1795515180500,1795515180000,1795515180000,NULL,NULL,NULL,NULL,NULL,NULL,0,0,1,1);
CREATE TABLE tracks (
    check_id INTEGER NOT NULL REFERENCES checks,
    family TEXT NOT NULL,
    subject TEXT NOT NULL,
    belief TEXT NOT NULL CHECK (belief IN ('suspected', 'live', 'recovering')),
    finding TEXT NOT NULL,
    began INTEGER NOT NULL,
    since INTEGER NOT NULL,
    last INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    looked INTEGER NOT NULL,
    PRIMARY KEY (check_id, family, subject)
) STRICT, WITHOUT ROWID;
INSERT INTO "tracks" VALUES(1,'uptime.available','uptime','recovering','{"rule":"t.down","subject":"uptime","severity":"critical","layer":4,"blocks":true,"shares":[],"facts":[["reason","timeout"]]}',1795515000000,1795515240000,1795515240000,1,1795515240000);
INSERT INTO "tracks" VALUES(2,'t.broken','https://shop.example/x','live','{"rule":"t.broken","subject":"https://shop.example/x","severity":"major","layer":6,"blocks":false,"shares":[],"facts":[]}',1795514460000,1795514460000,1795514460000,0,1795514460000);
INSERT INTO "tracks" VALUES(3,'t.validity','shop.example:443','live','{"rule":"t.expiring","subject":"shop.example:443","severity":"minor","layer":3,"blocks":false,"shares":[],"facts":[]}',1795515180000,1795515180000,1795515180000,0,1795515180000);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE UNIQUE INDEX one_live_ticket ON tickets (fingerprint)
    WHERE state IN ('open', 'acknowledged', 'in_progress', 'pending');
CREATE INDEX live_tickets ON tickets (site) WHERE state IN ('open', 'acknowledged', 'in_progress', 'pending');
CREATE INDEX tickets_by_fingerprint ON tickets (fingerprint, opened_at);
CREATE INDEX tickets_by_site ON tickets (site, opened_at);
CREATE INDEX tickets_by_parent ON tickets (parent) WHERE parent IS NOT NULL;
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_last BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TRIGGER payloads_stay BEFORE UPDATE ON payloads
    BEGIN SELECT RAISE(ABORT, 'payloads are only erased'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',7);
COMMIT;
