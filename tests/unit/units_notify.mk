# Tests of how people are told.
UNITS += visible mail_text notice notice_text notice_shape address mailer notify_channel \
  notify_send config_notify

UNIT_NOTICE := fcgi/core/notice fcgi/core/notice_text fcgi/base/visible fcgi/base/clock \
  $(sort $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))
UNIT_MAIL_TEXT := fcgi/core/mail_text fcgi/base/visible fcgi/base/utf8 fcgi/base/buf \
  fcgi/base/clock fcgi/base/str
UNIT_RECEIVER := tests/fake/receiver tests/fake/temp_dir

UNIT_OBJECTS_visible := fcgi/base/visible fcgi/base/utf8 fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_mail_text := $(UNIT_MAIL_TEXT)
UNIT_OBJECTS_notice := fcgi/core/notice fcgi/base/str
UNIT_OBJECTS_notice_text := $(UNIT_NOTICE)
UNIT_OBJECTS_notice_shape := fcgi/core/notice_shape $(UNIT_NOTICE)
UNIT_OBJECTS_config_notify := fcgi/base/service_url fcgi/base/config_notify fcgi/base/err \
  fcgi/base/str
UNIT_OBJECTS_address := fcgi/web/address
UNIT_OBJECTS_mailer := fcgi/web/mailer fcgi/web/outbound fcgi/web/address $(UNIT_RECEIVER) \
  fcgi/base/visible fcgi/base/utf8 fcgi/base/buf fcgi/base/clock fcgi/base/err fcgi/base/str
UNIT_OBJECTS_notify_channel := fcgi/jobs/notify_channel fcgi/jobs/notify_compose sql/store \
  sql/store_outbox sql/store_receipts sql/store_keep sql/writer sql/writer_notice \
  sql/writer_counts sql/writer_receipt sql/lane_counts tests/fake/store_mem \
  tests/fake/outbox_mem tests/fake/store_mem_life $(CORE) $(BASE)
UNIT_OBJECTS_notify_send := fcgi/jobs/notify_send $(CLIENT) fcgi/web/mailer \
  $(UNIT_RECEIVER) $(CORE) $(BASE)

UNITS += writer_notice
UNIT_OBJECTS_writer_notice := sql/store sql/store_outbox sql/store_receipts sql/store_keep \
  sql/writer sql/writer_notice sql/writer_counts sql/writer_receipt sql/lane_counts \
  tests/fake/store_mem tests/fake/outbox_mem tests/fake/store_mem_life $(CORE) $(BASE)

UNITS += trouble_incident
UNIT_OBJECTS_trouble_incident := fcgi/jobs/trouble_incident $(UNIT_OBJECTS_writer_notice)

UNITS += store_alarm
UNIT_OBJECTS_store_alarm := $(CORE) $(BASE)
