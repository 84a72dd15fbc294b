BEGIN TRANSACTION;
CREATE TABLE cuts (
	id TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created_at_us BIGINT NOT NULL, 
	cut TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (version)
);
INSERT INTO "cuts" VALUES('01a20ec3-f478-7066-9d28-7669543bf4ad',1,'first','ada',1795544052856806,'{"author":"ada","created_at_us":1795544052856806,"film_title":"Test","fit":"letterbox","height":720,"id":"01a20ec3-f478-7066-9d28-7669543bf4ad","markers":[{"frame":0,"frames":1,"kind":"bar","name":"1"},{"frame":12,"frames":5,"kind":"lyric","name":"“Ä —   '' & <"}],"name":"first","rate":"24000/1001","slots":[{"frames":24,"how":"slowed","in_frames":3,"record_frame":0,"sound":"","source":{"file":"media/takes/07A-001.mp4","frames":50,"height":360,"kind":"take","name":"07A-001","rate":"25/3","reel":"07A001","sha256":"abababababababababababababababababababababababababababababababab","shot":"07A","take_id":"01a20ec3-f466-726c-a1cb-cf9d56c31641","width":640},"speed":"2/3","transition":null}],"song":{"end_s":"1001/24","file":"song/a b.ogg","sha256":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","start_s":"1/3"},"version":1,"width":1280}');
CREATE TABLE events (
	id TEXT NOT NULL, 
	at_us BIGINT NOT NULL, 
	author TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES('01a20ec3-f466-7da2-91a1-bacb1c73c25a',1795544052838195,'ada','state','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"state":"planned"}');
INSERT INTO "events" VALUES('01a20ec3-f466-7da2-91a1-bacc7a6a4464',1795544052838242,'ada','state','01a20ec3-f466-7da2-91a1-bacbd1d07613','{"state":"planned"}');
INSERT INTO "events" VALUES('01a20ec3-f466-7f9c-9173-49ab369157cc',1795544052838282,'ada','state','01a20ec3-f466-7f9c-9173-49aae544d3fd','{"state":"planned"}');
INSERT INTO "events" VALUES('01a20ec3-f46e-73c5-910e-2e9afa4ca34c',1795544052846383,'studio','money.reserved','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"micro_usd":250000}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-491389718961',1795544052846442,'studio','media','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"file":"media/takes/07A-001.mp4","frames":50,"height":360,"rate":"25/3","sha256":"abababababababababababababababababababababababababababababababab","variable_rate":false,"width":640}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-491416369625',1795544052846467,'studio','state','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"state":"done"}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-4914867582c0',1795544052846483,'studio','money.settled','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"micro_usd":240001}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-4914fd17211e',1795544052846498,'studio','money.reserved','01a20ec3-f466-7da2-91a1-bacbd1d07613','{"micro_usd":250000}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-491560475653',1795544052846512,'studio','state','01a20ec3-f466-7da2-91a1-bacbd1d07613','{"note":"no answer","state":"unknown"}');
INSERT INTO "events" VALUES('01a20ec3-f46e-7e9f-b964-4915dab129b6',1795544052846527,'studio','measured','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"measured_move":"dolly_in","obeyed":"yes","pan_pct_per_s":0.25}');
INSERT INTO "events" VALUES('01a20ec3-f470-73ac-a022-11538915a389',1795544052848908,'ben','verdict','01a20ec3-f466-726c-a1cb-cf9d56c31641','{"note":"the yard is right","reason":"joins well","verdict":"circle"}');
INSERT INTO "events" VALUES('01a20ec3-f470-7dbb-9f50-0b6f59f4dee2',1795544052848935,'ben','verdict','01a20ec3-f466-7f9c-9173-49aae544d3fd','{"note":"","reason":"hand","verdict":"ng"}');
INSERT INTO "events" VALUES('01a20ec3-f470-7dbb-9f50-0b7005c76e54',1795544052848951,'ben','accident','01a20ec3-f466-7f9c-9173-49aae544d3fd','{"on":true}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-0274f7e5708c',1795544052849829,'ben','state','01a20ec3-f471-71ef-83d4-dc39b707bcdc','{"state":"planned"}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-0275e3370295',1795544052849866,'ben','state','01a20ec3-f471-7ec5-8e20-0275bfda1fee','{"state":"planned"}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-02764b839a55',1795544052849925,'ben','adopted','01a20ec3-f471-7ec5-8e20-0275bfda1fee','{"original_name":"old clip.mov"}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-02765544b7a5',1795544052849957,'ben','media','01a20ec3-f471-7ec5-8e20-0275bfda1fee','{"file":"media/takes/07A-005.mp4","frames":50,"height":360,"rate":"25/3","sha256":"abababababababababababababababababababababababababababababababab","variable_rate":false,"width":640}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-0276c3dc0436',1795544052849977,'ben','state','01a20ec3-f471-7ec5-8e20-0275bfda1fee','{"state":"done"}');
INSERT INTO "events" VALUES('01a20ec3-f471-7ec5-8e20-02779696f7af',1795544052849989,'ben','verdict','01a20ec3-f471-71ef-83d4-dc39b707bcdc','{"note":"","reason":"","verdict":"hold"}');
INSERT INTO "events" VALUES('01a20ec3-f476-7aa9-99eb-511368ee9ea6',1795544052854081,'ben','undo','01a20ec3-f471-71ef-83d4-dc39b707bcdc','{"event":"01a20ec3-f471-7ec5-8e20-02779696f7af"}');
INSERT INTO "events" VALUES('01a20ec3-f478-7f46-99a4-e58a0981012a',1795544052856984,'ada','song.used','song','{"end_s":"40","start_s":"1/3"}');
CREATE TABLE lease (
	take_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	until_us BIGINT NOT NULL, 
	fence BIGINT NOT NULL, 
	PRIMARY KEY (take_id)
);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "meta" VALUES('schema','1');
CREATE TABLE outbox (
	id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	lines TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE prompts (
	id TEXT NOT NULL, 
	shot TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	scene_text TEXT NOT NULL, 
	camera TEXT NOT NULL, 
	camera_json TEXT NOT NULL, 
	style TEXT NOT NULL, 
	avoid TEXT NOT NULL, 
	who TEXT NOT NULL, 
	age TEXT NOT NULL, 
	time TEXT NOT NULL, 
	place TEXT NOT NULL, 
	scene_author TEXT NOT NULL, 
	camera_author TEXT NOT NULL, 
	style_author TEXT NOT NULL, 
	avoid_author TEXT NOT NULL, 
	continuity_author TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created_at_us BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (shot, version)
);
INSERT INTO "prompts" VALUES('01a20ec3-f465-77c0-9de0-2c5181fc020e','07A',1,'Two teenagers meet.','slow push in','{"asked_move":"dolly_in"}','film grain','','Ada','14','','','ada','ben','ada','','ada','ada',1795544052837113);
INSERT INTO "prompts" VALUES('01a20ec3-f466-7f9c-9173-49ab91e8e08f','07A',2,'“Zwei Jugendliche treffen sich”
=1+1','slow push in','{"asked_move":"dolly_in"}','film grain','','Ada','14','','','ada','ben','ada','','ada','ben',1795544052838299);
CREATE TABLE requests (
	id TEXT NOT NULL, 
	prompt_id TEXT NOT NULL, 
	shot TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	model TEXT NOT NULL, 
	text TEXT NOT NULL, 
	camera TEXT NOT NULL, 
	camera_json TEXT NOT NULL, 
	avoid TEXT NOT NULL, 
	width BIGINT NOT NULL, 
	height BIGINT NOT NULL, 
	rate TEXT NOT NULL, 
	frames BIGINT NOT NULL, 
	seed BIGINT NOT NULL, 
	first_frame TEXT NOT NULL, 
	payload_json TEXT NOT NULL, 
	dropped TEXT NOT NULL, 
	estimated_micro_usd BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "requests" VALUES('01a20ec3-f465-77c0-9de0-2c51b2e80b27','01a20ec3-f465-77c0-9de0-2c5181fc020e','07A','previz','layers','Slow push in. Two teenagers meet.','slow push in','{"asked_move":"dolly_in"}','',480,270,'24/1',120,7,'','{}','[]',250000);
CREATE TABLE scenes (
	id TEXT NOT NULL, 
	number TEXT NOT NULL, 
	title TEXT NOT NULL, 
	who TEXT NOT NULL, 
	age TEXT NOT NULL, 
	time TEXT NOT NULL, 
	place TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at_us BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "scenes" VALUES('01a20ec3-f464-772f-86bb-0d961d928397','07','School','Ada','14','noon','yard','ada',1795544052836814);
INSERT INTO "scenes" VALUES('01a20ec3-f466-7f9c-9173-49ac863d6561','07','The school','Ada','14','noon','the yard','ada',1795544052838362);
CREATE TABLE shots (
	id TEXT NOT NULL, 
	scene TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at_us BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "shots" VALUES('07A','07','ada',1795544052837088);
CREATE TABLE take_now (
	id TEXT NOT NULL, 
	take TEXT NOT NULL, 
	scene TEXT NOT NULL, 
	shot TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	verdict TEXT, 
	accident INTEGER NOT NULL, 
	reason TEXT, 
	note TEXT, 
	author TEXT NOT NULL, 
	scene_text TEXT, 
	camera TEXT, 
	style TEXT, 
	avoid TEXT, 
	prompt_version BIGINT, 
	provider TEXT NOT NULL, 
	model TEXT, 
	seed BIGINT, 
	duration_s DOUBLE, 
	width BIGINT, 
	height BIGINT, 
	fps DOUBLE, 
	rate TEXT, 
	frames BIGINT, 
	variable_rate INTEGER, 
	estimated_micro_usd BIGINT, 
	reserved_micro_usd BIGINT, 
	cost_micro_usd BIGINT, 
	created_at_us BIGINT NOT NULL, 
	done_at_us BIGINT, 
	file TEXT, 
	sha256 TEXT, 
	parent TEXT, 
	dropped TEXT, 
	asked_move TEXT, 
	measured_move TEXT, 
	obeyed TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (shot, n)
);
INSERT INTO "take_now" VALUES('01a20ec3-f466-726c-a1cb-cf9d56c31641','07A-001','07','07A',1,'done','circle',0,'joins well','the yard is right','ada','Two teenagers meet.','slow push in','film grain','',1,'previz','layers',7,6.0,640,360,8.33333333333333392545e+00,'25/3',50,0,250000,250000,240001,1795544052838161,1795544052846467,'media/takes/07A-001.mp4','abababababababababababababababababababababababababababababababab',NULL,'','dolly_in','dolly_in','yes');
INSERT INTO "take_now" VALUES('01a20ec3-f466-7da2-91a1-bacbd1d07613','07A-002','07','07A',2,'unknown',NULL,0,NULL,NULL,'ada','Two teenagers meet.','slow push in','film grain','',1,'previz','layers',7,5.0,480,270,24.0,'24/1',120,NULL,250000,250000,NULL,1795544052838227,NULL,NULL,NULL,NULL,'','dolly_in',NULL,NULL);
INSERT INTO "take_now" VALUES('01a20ec3-f466-7f9c-9173-49aae544d3fd','07A-003','07','07A',3,'planned','ng',1,'hand',NULL,'ada','Two teenagers meet.','slow push in','film grain','',1,'previz','layers',7,5.0,480,270,24.0,'24/1',120,NULL,250000,NULL,NULL,1795544052838268,NULL,NULL,NULL,NULL,'','dolly_in',NULL,NULL);
INSERT INTO "take_now" VALUES('01a20ec3-f471-71ef-83d4-dc39b707bcdc','07A-004','07','07A',4,'planned',NULL,0,NULL,NULL,'ben','Two teenagers meet.','slow push in','film grain','',1,'previz','layers',7,5.0,480,270,24.0,'24/1',120,NULL,250000,NULL,NULL,1795544052849803,NULL,NULL,NULL,'07A-001','','dolly_in',NULL,NULL);
INSERT INTO "take_now" VALUES('01a20ec3-f471-7ec5-8e20-0275bfda1fee','07A-005','07','07A',5,'done',NULL,0,NULL,NULL,'ben',NULL,NULL,NULL,NULL,NULL,'adopted',NULL,NULL,6.0,640,360,8.33333333333333392545e+00,'25/3',50,0,NULL,NULL,NULL,1795544052849852,1795544052849977,'media/takes/07A-005.mp4','abababababababababababababababababababababababababababababababab',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE takes (
	id TEXT NOT NULL, 
	label TEXT NOT NULL, 
	shot TEXT NOT NULL, 
	n BIGINT NOT NULL, 
	request_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created_at_us BIGINT NOT NULL, 
	parent TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (shot, n), 
	UNIQUE (label)
);
INSERT INTO "takes" VALUES('01a20ec3-f466-726c-a1cb-cf9d56c31641','07A-001','07A',1,'01a20ec3-f465-77c0-9de0-2c51b2e80b27','ada',1795544052838161,'');
INSERT INTO "takes" VALUES('01a20ec3-f466-7da2-91a1-bacbd1d07613','07A-002','07A',2,'01a20ec3-f465-77c0-9de0-2c51b2e80b27','ada',1795544052838227,'');
INSERT INTO "takes" VALUES('01a20ec3-f466-7f9c-9173-49aae544d3fd','07A-003','07A',3,'01a20ec3-f465-77c0-9de0-2c51b2e80b27','ada',1795544052838268,'');
INSERT INTO "takes" VALUES('01a20ec3-f471-71ef-83d4-dc39b707bcdc','07A-004','07A',4,'01a20ec3-f465-77c0-9de0-2c51b2e80b27','ben',1795544052849803,'01a20ec3-f466-726c-a1cb-cf9d56c31641');
INSERT INTO "takes" VALUES('01a20ec3-f471-7ec5-8e20-0275bfda1fee','07A-005','07A',5,'','ben',1795544052849852,'');
CREATE INDEX events_kind ON events (kind, author);
CREATE INDEX events_subject ON events (subject, id);
CREATE INDEX ix_take_now_state ON take_now (state);
COMMIT;
