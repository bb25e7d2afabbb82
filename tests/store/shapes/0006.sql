BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE briefing (
	night VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	markdown VARCHAR NOT NULL, 
	html_path VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (night), 
	FOREIGN KEY(night) REFERENCES night (id)
);
CREATE TABLE dossier (
	number INTEGER NOT NULL, 
	genome VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	evidence VARCHAR NOT NULL, 
	taken BOOLEAN NOT NULL, 
	document VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	CONSTRAINT dossier_once UNIQUE (genome, night), 
	FOREIGN KEY(genome) REFERENCES genome (hash)
);
CREATE TABLE event (
	number INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	detail JSON NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "event" VALUES(1,'stage','7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','{"from": "", "to": "gated", "reason": "seed"}','2026-11-20 14:43:28.004377');
INSERT INTO "event" VALUES(2,'stage','3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','{"from": "", "to": "gated", "reason": "seed"}','2026-11-20 14:43:28.004377');
CREATE TABLE genome (
	number INTEGER NOT NULL, 
	hash VARCHAR NOT NULL, 
	source VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	idea VARCHAR NOT NULL, 
	timeframe VARCHAR NOT NULL, 
	universe VARCHAR NOT NULL, 
	operator VARCHAR NOT NULL, 
	behaviour VARCHAR NOT NULL, 
	stage VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	nodes INTEGER NOT NULL, 
	at DATETIME NOT NULL, seed VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (hash)
);
INSERT INTO "genome" VALUES(1,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','# one
','one','The idea of one.','1d','','seed','a63dbdff546db198df9c1569d95fca9da122070ec069eca6950c46bb90f5ea20','gated','n1',12,'2026-11-20 14:43:28.004377','');
INSERT INTO "genome" VALUES(2,'3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3','# two
','two','The idea of two.','1d','','seed','bd707e5f8d5ce7d7f22c841011197a9d7c8ea3b68b4fdbb3759a0435ec2da7ac','gated','n1',12,'2026-11-20 14:43:28.004377','');
CREATE TABLE instance (
	epoch INTEGER NOT NULL, 
	boot VARCHAR NOT NULL, 
	started DATETIME NOT NULL, trials INTEGER, chain VARCHAR, 
	PRIMARY KEY (epoch)
);
INSERT INTO "instance" VALUES(1,'99d9f0b5-b16a-4f4c-a574-33ff8cd884f6','2026-11-20 14:43:27.892571',0,'');
INSERT INTO "instance" VALUES(2,'99d9f0b5-b16a-4f4c-a574-33ff8cd884f6','2026-11-21 04:12:20.458943',2,'6562be8649bf1a7bc8b9c596e25b53b641440a4f8374a6826a7650213ffb7288');
CREATE TABLE "job" (
	id INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	error VARCHAR NOT NULL, 
	payload JSON NOT NULL, 
	attempt INTEGER NOT NULL, 
	faults INTEGER NOT NULL, 
	owner INTEGER, 
	lease_until FLOAT, 
	created DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	night VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT job_once UNIQUE (kind, "key", night), 
	FOREIGN KEY(owner) REFERENCES instance (epoch)
);
CREATE TABLE lesson (
	number INTEGER NOT NULL, 
	mutation VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	operator VARCHAR NOT NULL, 
	text VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	message VARCHAR NOT NULL, 
	genome VARCHAR NOT NULL, 
	parents JSON NOT NULL, 
	line INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	CONSTRAINT lesson_once UNIQUE (mutation, code, line, message)
);
CREATE TABLE mutation (
	id VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	generation INTEGER NOT NULL, 
	ticket INTEGER NOT NULL, 
	swarm VARCHAR NOT NULL, 
	operator VARCHAR NOT NULL, 
	seed VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	handle VARCHAR NOT NULL, 
	parents JSON NOT NULL, 
	sources JSON NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT mutation_ticket UNIQUE (night, generation, ticket), 
	FOREIGN KEY(night) REFERENCES night (id)
);
CREATE TABLE night (
	id VARCHAR NOT NULL, 
	seed VARCHAR NOT NULL, 
	settings_hash VARCHAR NOT NULL, 
	market_hash VARCHAR NOT NULL, 
	evaluations INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	finished DATETIME, carried INTEGER DEFAULT '0' NOT NULL, rechecked INTEGER DEFAULT '0' NOT NULL, retried_timeouts INTEGER DEFAULT '0' NOT NULL, genomes_before INTEGER DEFAULT '0' NOT NULL, lessons_before INTEGER DEFAULT '0' NOT NULL, trials_before INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "night" VALUES('n1','7','settings','market',500,'2026-03-02 12:00:00.000000',NULL,0,0,0,0,0,0);
CREATE TABLE parent (
	genome VARCHAR NOT NULL, 
	position INTEGER NOT NULL, 
	parent VARCHAR NOT NULL, 
	PRIMARY KEY (genome, position), 
	FOREIGN KEY(genome) REFERENCES genome (hash), 
	FOREIGN KEY(parent) REFERENCES genome (hash)
);
INSERT INTO "parent" VALUES('3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',0,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed');
CREATE TABLE quality (
	kind VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	day INTEGER NOT NULL, 
	code VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	severity INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	sentence VARCHAR NOT NULL, 
	PRIMARY KEY (kind, symbol, day, code)
);
CREATE TABLE quality_scan (
	kind VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	period VARCHAR NOT NULL, 
	inputs VARCHAR NOT NULL, 
	first INTEGER NOT NULL, 
	last INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (kind, symbol, period)
);
CREATE TABLE sealed_query (
	number INTEGER NOT NULL, 
	genome VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (genome), 
	FOREIGN KEY(genome) REFERENCES genome (hash)
);
CREATE TABLE series (
	hash VARCHAR NOT NULL, 
	content BLOB NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "series" VALUES('188768c530aed1ca838243304057663351ba2db0cc5c5c53e1fa551fba105dc6',X'78010190016FFEA53823F88199543F80B52F2BE1A455BFE88F4876513B7A3F0A7E696ED42F513FAA754586E6F075BF642B46AB329F6D3FFB47D33BB7B48A3FBA78108D6E65833F9A46A7E332D37CBF2334B4F273EA89BFA8E748A5818779BFBC1A374C59153B3FFA1892BDEDCE97BFAD5F31CD64EC61BFA140C65D298489BF70F4753661FE7DBF43B41B15F84A76BF157BBE884BE969BF9F90AE4E42DC703F042231C2C559853FCDB5326F220F55BFCD0A603934FC8B3F844FE55A123F7BBF033EAF51B3CB6C3F3301A626C980823F81C9B5B852CE4E3F8D28B19927747EBFBEFCC0DB7EE082BFD0BC48689ABF72BF4C2A4B91D309623FA43161964EAD84BF20D105D1BA2261BF3794958661165ABFD1EFBE4F2D27763FB1408163BA95613FADC43AB4B41C6D3F087E24CFE3C77ABFB3A368CB633C55BF11E361104A0E803F8E3E345AE1958E3FC16FB62621C989BFE35E171852018F3F7AED5E6A43908B3FD4B91E695200803F9FEDB85A09AA653F123B024770B769BF9EF1363C3ADC8D3FF1406F16B312943FEFFAD0B1E072923F3A98D464EEEE8A3FFB6CC1C5');
INSERT INTO "series" VALUES('b15ef368fb989f5db0b60f06da369c04a47a0fc9cfc59b1373f386756f385aa7',X'78010190016FFE1642F0006D4F6C3F47B37D34A5D3803FF8D1638BC4116B3FD68C4D074CB08ABFBA951613AC8A823F423E699E9348723FA017A8DD5CFE75BF73016C0877CD773F9747F725A3DD6D3F9C7339D16718683F144924F875A0323F45D8A57FB364763FDC09FDE2472A7EBF60323F3FF0B05ABFB3B8EA2C63BF73BF6A9FC68F5B87783F3CFB8E8643083A3F2E77E23943F567BF8F6CF1C5730380BF95F2EA53B61165BFE3FC36F61F58153F6A29C8D4CF9366BF0C33F10C9F808A3FF77BD380229E843F0486405726C39BBFDB928654EF5793BF933F900C79A25CBF9F32AAC1FC4A71BF37A5ED1B6B80613F159DA93B92CD613FBE54A587C9AF953F11AEA80031C686BFA49F0D72F3EE6EBFB823E5D100EB943F36A406232C7D7A3F91CFEC2FB9287B3F2F690359BF0D75BF3630688654E090BF4CE1C9FFFA6F5B3F3EC2E0DA61DC513F6355B10ADC2289BF487DE59A26FC7BBF44DBD63D769B47BFF13EE929385983BF4166C9BEBD1950BF5023CA66B2494F3F9320503E6152373F63035A52DABC74BFD2B10F58E651783FF8D9E9094840823F4644C26F');
CREATE TABLE settings (
	hash VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "settings" VALUES('settings','{"core": {}}');
CREATE TABLE supply (
	kind VARCHAR NOT NULL, 
	symbol VARCHAR NOT NULL, 
	said JSON NOT NULL, 
	attempts INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	again DATETIME NOT NULL, 
	PRIMARY KEY (kind, symbol)
);
CREATE TABLE "trial" (
	number INTEGER NOT NULL, 
	genome VARCHAR NOT NULL, 
	params_hash VARCHAR NOT NULL, 
	market_hash VARCHAR NOT NULL, 
	friction_hash VARCHAR NOT NULL, 
	settings_hash VARCHAR NOT NULL, 
	origin VARCHAR NOT NULL, 
	night VARCHAR NOT NULL, 
	engine VARCHAR NOT NULL, 
	sandbox VARCHAR NOT NULL, 
	failure VARCHAR NOT NULL, 
	positions_hash VARCHAR NOT NULL, 
	friction VARCHAR NOT NULL, 
	timeframe VARCHAR NOT NULL, 
	trade_hash VARCHAR NOT NULL, 
	niche VARCHAR NOT NULL, 
	fitness_refusal VARCHAR NOT NULL, 
	params JSON NOT NULL, 
	symbols JSON NOT NULL, 
	skipped JSON NOT NULL, 
	flags JSON NOT NULL, 
	blocks JSON NOT NULL, 
	descriptors JSON NOT NULL, 
	first_date INTEGER NOT NULL, 
	last_date INTEGER NOT NULL, 
	bars INTEGER NOT NULL, 
	capital FLOAT NOT NULL, 
	evaluated BOOLEAN NOT NULL, 
	simulated BOOLEAN NOT NULL, 
	fitness FLOAT, 
	selection FLOAT, 
	total_return FLOAT, 
	cagr FLOAT, 
	sharpe FLOAT, 
	sortino FLOAT, 
	convexity FLOAT, 
	max_drawdown FLOAT, 
	calmar FLOAT, 
	volatility FLOAT, 
	exposure FLOAT, 
	turnover FLOAT, 
	win_rate FLOAT, 
	profit_factor FLOAT, 
	expectancy FLOAT, 
	sqn FLOAT, 
	fees FLOAT, 
	final_equity FLOAT, 
	ambiguous_share FLOAT, 
	trades INTEGER, 
	session_returns VARCHAR, 
	market_returns VARCHAR, 
	at DATETIME NOT NULL, 
	tier VARCHAR DEFAULT 'selection' NOT NULL, 
	behaviour VARCHAR DEFAULT '' NOT NULL, 
	operator VARCHAR DEFAULT '' NOT NULL, 
	seed VARCHAR DEFAULT '' NOT NULL, 
	chain VARCHAR DEFAULT '' NOT NULL, 
	parents JSON DEFAULT '[]' NOT NULL, 
	dollars FLOAT DEFAULT '0' NOT NULL, 
	wall_s FLOAT, 
	cpu_s FLOAT, 
	PRIMARY KEY (number), 
	CONSTRAINT trial_once UNIQUE (genome, params_hash, market_hash, friction_hash, settings_hash, origin, night, capital, engine, tier), 
	FOREIGN KEY(market_returns) REFERENCES series (hash), 
	FOREIGN KEY(session_returns) REFERENCES series (hash), 
	FOREIGN KEY(genome) REFERENCES genome (hash)
);
INSERT INTO "trial" VALUES(1,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','b3bd9df195e72702b135c564bfcfbb47ed0acd824e7207639f338840a0780f3c','market','friction','settings','night','n1','2','limits','','cc51bb3d0fe9ba7ae4b7457bfcf2321f524dd2c7d18eabf03d371f7d93a697fd','retail','1d','0b80dafdbf3677d5d5ef9ccfa13fbad6fac64bc17f8989d1f56f1c0474533bcb','t0-b2-h2','','{"n": 20, "level": 1.5}','["AAPL", "MSFT"]','["TSLA"]','["fee_estimated"]','[{"first_session": 0, "last_session": 24, "sharpe": 1.2, "fitness": 0.9, "refusal": "", "unshrunk": null}, {"first_session": 25, "last_session": 49, "sharpe": null, "fitness": null, "refusal": "too_few_trades", "unshrunk": null}]','{"turnover": 4.0, "net": 0.5, "beta": 0.3, "holding": 5.0}',16437,19358,50,100000.0,1,1,0.8,0.7,0.5,0.05,1.1,1.5,1.0,-0.2,0.25,0.15,0.6,4.0,0.55,NULL,12.5,1.7,310.2,150000.0,0.0,120,'188768c530aed1ca838243304057663351ba2db0cc5c5c53e1fa551fba105dc6','b15ef368fb989f5db0b60f06da369c04a47a0fc9cfc59b1373f386756f385aa7','2026-11-20 14:43:28.028916','selection','a63dbdff546db198df9c1569d95fca9da122070ec069eca6950c46bb90f5ea20','seed','','5b3ae88274a21bebe78926fcfb2fe9c5205c8a9e27a562c2eafacc5a3d5468db','[]',0.0,NULL,NULL);
INSERT INTO "trial" VALUES(2,'7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed','44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a','market','friction','settings','night','n1','2','limits','','cc51bb3d0fe9ba7ae4b7457bfcf2321f524dd2c7d18eabf03d371f7d93a697fd','retail','1d','0b80dafdbf3677d5d5ef9ccfa13fbad6fac64bc17f8989d1f56f1c0474533bcb','t0-b2-h2','','{}','["AAPL", "MSFT"]','["TSLA"]','["fee_estimated"]','[{"first_session": 0, "last_session": 24, "sharpe": 1.2, "fitness": 0.9, "refusal": "", "unshrunk": null}, {"first_session": 25, "last_session": 49, "sharpe": null, "fitness": null, "refusal": "too_few_trades", "unshrunk": null}]','{"turnover": 4.0, "net": 0.5, "beta": 0.3, "holding": 5.0}',16437,19358,50,100000.0,1,1,0.8,0.7,0.5,0.05,1.1,1.5,1.0,-0.2,0.25,0.15,0.6,4.0,0.55,NULL,12.5,1.7,310.2,150000.0,0.0,120,'188768c530aed1ca838243304057663351ba2db0cc5c5c53e1fa551fba105dc6','b15ef368fb989f5db0b60f06da369c04a47a0fc9cfc59b1373f386756f385aa7','2026-11-20 14:43:28.028916','selection','a63dbdff546db198df9c1569d95fca9da122070ec069eca6950c46bb90f5ea20','seed','','6562be8649bf1a7bc8b9c596e25b53b641440a4f8374a6826a7650213ffb7288','[]',0.0,NULL,NULL);
CREATE INDEX ix_genome_behaviour ON genome (behaviour);
CREATE INDEX ix_genome_stage ON genome (stage);
CREATE INDEX ix_parent_parent ON parent (parent);
CREATE INDEX ix_lesson_genome ON lesson (genome);
CREATE INDEX ix_lesson_night ON lesson (night);
CREATE INDEX ix_event_kind ON event (kind);
CREATE INDEX ix_event_subject ON event (subject);
CREATE TRIGGER series_no_update BEFORE UPDATE ON series BEGIN SELECT RAISE(ABORT, 'series is append-only'); END;
CREATE TRIGGER series_no_delete BEFORE DELETE ON series BEGIN SELECT RAISE(ABORT, 'series is append-only'); END;
CREATE TRIGGER settings_no_update BEFORE UPDATE ON settings BEGIN SELECT RAISE(ABORT, 'settings is append-only'); END;
CREATE TRIGGER settings_no_delete BEFORE DELETE ON settings BEGIN SELECT RAISE(ABORT, 'settings is append-only'); END;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE INDEX job_next ON job (kind, state, id);
CREATE INDEX trial_night ON trial (night, evaluated);
CREATE INDEX trial_elite ON trial (settings_hash, niche, selection) WHERE origin = 'night' AND selection IS NOT NULL;
CREATE TRIGGER trial_no_update BEFORE UPDATE ON trial BEGIN SELECT RAISE(ABORT, 'trial is append-only'); END;
CREATE TRIGGER trial_no_delete BEFORE DELETE ON trial BEGIN SELECT RAISE(ABORT, 'trial is append-only'); END;
CREATE TRIGGER trial_no_second BEFORE INSERT ON trial WHEN EXISTS (SELECT 1 FROM trial WHERE genome = NEW.genome AND params_hash = NEW.params_hash AND market_hash = NEW.market_hash AND friction_hash = NEW.friction_hash AND settings_hash = NEW.settings_hash AND origin = NEW.origin AND night = NEW.night AND capital = NEW.capital AND engine = NEW.engine AND tier = NEW.tier) BEGIN SELECT RAISE(ABORT, 'trial is append-only'); END;
CREATE TRIGGER series_no_second BEFORE INSERT ON series WHEN EXISTS (SELECT 1 FROM series WHERE hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'series is append-only'); END;
CREATE TRIGGER settings_no_second BEFORE INSERT ON settings WHEN EXISTS (SELECT 1 FROM settings WHERE hash = NEW.hash) BEGIN SELECT RAISE(ABORT, 'settings is append-only'); END;
CREATE TRIGGER event_no_second BEFORE INSERT ON event WHEN EXISTS (SELECT 1 FROM event WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER instance_no_update BEFORE UPDATE ON instance BEGIN SELECT RAISE(ABORT, 'instance is append-only'); END;
CREATE TRIGGER instance_no_delete BEFORE DELETE ON instance BEGIN SELECT RAISE(ABORT, 'instance is append-only'); END;
CREATE TRIGGER instance_no_second BEFORE INSERT ON instance WHEN EXISTS (SELECT 1 FROM instance WHERE epoch = NEW.epoch) BEGIN SELECT RAISE(ABORT, 'instance is append-only'); END;
CREATE TRIGGER trial_in_order BEFORE INSERT ON trial WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM trial) BEGIN SELECT RAISE(ABORT, 'trial is append-only, in the order of its numbers'); END;
CREATE TRIGGER sealed_query_no_update BEFORE UPDATE ON sealed_query BEGIN SELECT RAISE(ABORT, 'sealed_query is append-only'); END;
CREATE TRIGGER sealed_query_no_delete BEFORE DELETE ON sealed_query BEGIN SELECT RAISE(ABORT, 'sealed_query is append-only'); END;
CREATE TRIGGER sealed_query_no_second BEFORE INSERT ON sealed_query WHEN EXISTS (SELECT 1 FROM sealed_query WHERE genome = NEW.genome) BEGIN SELECT RAISE(ABORT, 'sealed_query is append-only'); END;
CREATE TRIGGER dossier_no_update BEFORE UPDATE ON dossier BEGIN SELECT RAISE(ABORT, 'dossier is append-only'); END;
CREATE TRIGGER dossier_no_delete BEFORE DELETE ON dossier BEGIN SELECT RAISE(ABORT, 'dossier is append-only'); END;
CREATE TRIGGER dossier_no_second BEFORE INSERT ON dossier WHEN EXISTS (SELECT 1 FROM dossier WHERE genome = NEW.genome AND night = NEW.night) BEGIN SELECT RAISE(ABORT, 'dossier is append-only'); END;
COMMIT;
