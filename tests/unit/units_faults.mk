# Tests over a disk and a memory that fail (tests/fake/vfs_fake.h, memory_fake.h).
UNITS += power_cut
UNIT_OBJECTS_power_cut := tests/fake/vfs_fake tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
