# Tests of who may, and of putting a file in place of another.
UNITS += file api_keys access

UNIT_API_KEYS := fcgi/base/api_key fcgi/base/api_keys fcgi/base/file fcgi/base/visible fcgi/base/utf8 \
  fcgi/base/clock fcgi/base/buf fcgi/base/err fcgi/base/str
UNIT_OBJECTS_file := fcgi/base/file fcgi/base/str tests/fake/temp_dir
UNIT_OBJECTS_api_keys := $(UNIT_API_KEYS) tests/fake/temp_dir
UNIT_OBJECTS_access := fcgi/web/access fcgi/web/local_caller fcgi/web/params fcgi/web/request \
  fcgi/web/request_read fcgi/base/arena fcgi/base/diag $(UNIT_API_KEYS) tests/fake/temp_dir
