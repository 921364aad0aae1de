"""What a guest wrote to a disk, write by write: QEMU's blklogwrites keeps the log, and any state of the disk can be had from it."""
import struct

SUPER = struct.Struct("<QQQI")
ENTRY = struct.Struct("<QQQQ")
MAGIC = 0x6A736677736872
FLUSH, DISCARD = 1, 4


def drive(image, log, bus):
    """QEMU's options for image as a disk whose writes go to log too."""
    open(log, "wb").close()
    return ["-blockdev", f"driver=blklogwrites,node-name=logged,file.driver=file,file.filename={image},log.driver=file,log.filename={log}",
            "-device", f"virtio-blk-device,drive=logged,bus=virtio-mmio-bus.{bus}"]


def read(log):
    """The writes in order: (offset, bytes), and None for each flush."""
    with open(log, "rb") as f:
        magic, _, count, sector = SUPER.unpack(f.read(SUPER.size))
        assert magic == MAGIC
        f.seek(sector)
        for _ in range(count):
            head = f.read(sector)
            at, nsectors, flags, _ = ENTRY.unpack(head[:ENTRY.size])
            assert not flags & DISCARD
            if flags & FLUSH:
                yield None
            if nsectors:
                yield at * sector, f.read(nsectors * sector)
