"""What can go wrong: each error is an `arrcalc.Error` and the built-in exception that fits."""


class Error(Exception):
    """A computation that gave no answer. The message is one line and says what to do."""

    __module__ = "arrcalc"


class InputError(Error, ValueError):
    """The data or the request is not what was expected: a malformed file, an empty array, an unknown method."""

    __module__ = "arrcalc"


class DtypeError(InputError, TypeError):
    """Elements of a type that arrcalc does not compute with."""

    __module__ = "arrcalc"


class FileError(Error, OSError):
    """A file could not be opened or read, or changed meanwhile; `errno` and `filename` are set where known."""

    __module__ = "arrcalc"

    def __str__(self):
        return BaseException.__str__(self)  # OSError's own would repeat what the message says


class FileMissingError(FileError, FileNotFoundError):
    """There is no such file."""

    __module__ = "arrcalc"


class MemoryLimitError(Error, MemoryError):
    """A limit on memory would be passed."""

    __module__ = "arrcalc"


class DeadlineError(Error, TimeoutError):
    """The time that was allowed has passed."""

    __module__ = "arrcalc"


class BugError(Error, RuntimeError):
    """A bug in arrcalc; please report it."""

    __module__ = "arrcalc"
