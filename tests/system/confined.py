"""Restrictions to apply before a program starts: an ordinary user's permissions, a file system without locks."""

import ctypes
import errno
import os
import platform
import struct
import sys

import pytest

# The kernel's identifier of the machine, and its number of the fcntl system call.
_MACHINES = {"x86_64": (0xC000003E, 72), "aarch64": (0xC00000B7, 25)}
_F_GETLK, _F_SETLKW = 5, 7
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_GREATER, _RETURN = 0x20, 0x15, 0x35, 0x25, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000

needs_linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in _MACHINES, reason="this system cannot refuse locks"
)


def obey_modes() -> None:
    """Drop the capabilities by which root ignores file modes."""
    if os.geteuid() == 0 and sys.platform == "linux":
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def refuse_locks(number: int = errno.ENOLCK) -> None:
    """Make the kernel reject every request for a POSIX lock, like a file system without file locks."""
    machine, fcntl = _MACHINES[platform.machine()]
    instructions = [
        (_LOAD, 0, 0, 4),  # the machine
        (_IF_EQUAL, 0, 6, machine),
        (_LOAD, 0, 0, 0),  # the system call
        (_IF_EQUAL, 0, 4, fcntl),
        (_LOAD, 0, 0, 24),  # its second argument
        (_IF_AT_LEAST, 0, 2, _F_GETLK),
        (_IF_GREATER, 1, 0, _F_SETLKW),
        (_RETURN, 0, 0, _FAIL | number),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *instruction) for instruction in instructions))
    program = _Program(len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, required for an unprivileged PR_SET_SECCOMP
    if libc.prctl(22, 2, ctypes.byref(program), 0, 0):  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
        raise OSError(ctypes.get_errno(), "seccomp")
