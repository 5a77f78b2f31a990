"""Settings from the environment (prefix `MASKWRIGHT_`) or a `.env` file; docs/settings.md describes each."""

import secrets
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.url_allowance import UrlAllowance

SQLITE_FILE = "maskwright.db"
_DEVICE = r"^(auto|cpu|cuda(:\d+)?)$"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="MASKWRIGHT_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("data"), validate_default=True)
    database_url: str = ""
    broker_url: str = ""
    storage_url: str = ""
    weights_dir: Path | None = None
    weights_download: bool = True
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    max_upload_mb: int = Field(default=2048, ge=1)
    max_image_pixels: int = Field(default=150_000_000, ge=1)
    predict_url_allow: str = ""
    predict_per_minute: int = Field(default=0, ge=0)
    batch_days: int = Field(default=30, ge=1, le=36500)
    device: str = Field(default="auto", pattern=_DEVICE)
    predict_device: str = Field(default="auto", pattern=_DEVICE)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("predict_url_allow")
    @classmethod
    def _hosts_and_networks(cls, value: str) -> str:
        UrlAllowance.parse(value)
        return value

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / SQLITE_FILE}"

    @property
    def lacks_sqlite_file(self) -> bool:
        """Whether the database is SQLite's own, in the data folder, and was never made."""
        return not self.database_url and not (self.data_dir / SQLITE_FILE).exists()

    @property
    def resolved_storage_url(self) -> str:
        return self.storage_url or (self.data_dir / "storage").as_uri()

    @property
    def resolved_weights_dir(self) -> Path:
        return self.weights_dir or self.data_dir / "weights"

    @property
    def compiled_graphs_dir(self) -> Path:
        """Models made ready to run on this machine; it may be deleted at any time."""
        return self.data_dir / "cache" / "graphs"

    @property
    def max_upload_bytes(self) -> int:
        return self.max_upload_mb * 1024 * 1024

    @property
    def uses_folder_broker(self) -> bool:
        return not urlsplit(self.broker_url).scheme

    @property
    def broker_dir(self) -> Path:
        return Path(self.broker_url) if self.broker_url else self.data_dir / "broker"

    @property
    def url_allowance(self) -> UrlAllowance:
        """Hosts and networks that URL prediction may reach beside public ones."""
        return UrlAllowance.parse(self.predict_url_allow)

    def signing_key(self) -> bytes:
        """The secret that CSRF tokens are made with: SECRET_KEY, else one made once and kept in DATA_DIR."""
        if self.secret_key:
            return self.secret_key.encode()
        path = self.data_dir / "secret_key"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        return path.read_bytes()


@cache
def get_settings() -> Settings:
    return Settings()
