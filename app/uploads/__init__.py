"""Uploads that go on after a broken connection, by the tus protocol."""
