mod board;
mod delete;
mod group;
mod group_stream;
