/** The frame of an error, and the errors that everybody meets. */
export const ERRORS_ZH: Readonly<Record<string, string>> = {
  error: '错误',
  next: '下一步',
  interrupted: '已中断',
  'Run the same command again: a job resumes where it stopped.':
    '再次执行同一命令：作业会从中断处继续。',
  'Run the same command again in a while; what had been committed is not done twice.':
    '稍后再次执行同一命令；已提交的内容不会重复处理。',
  'a command is missing': '缺少命令',
  'There is no loan book in this database yet.': '该数据库中还没有账簿。',
  'Run `loanbook init --entity NAME --currency CNY --first-business-date YYYY-MM-DD`.':
    '执行 `loanbook init --entity NAME --currency CNY --first-business-date YYYY-MM-DD`。',
  'The database lacks migrations.': '数据库结构不是最新版本。',
  'Run `loanbook db migrate`.': '执行 `loanbook db migrate`。',
  'The database has no loan book yet.': '数据库中还没有账簿。',
  'The database was migrated by a newer loanbook.': '数据库已由更新版本的 loanbook 升级。',
  'Install that version of loanbook, or a newer one.': '请安装该版本或更新版本的 loanbook。',
  'The database does not accept the connection.': '数据库不接受连接。',
  'Start the server, or check the socket folder in PGHOST.':
    '启动数据库，或检查 PGHOST 中的套接字目录。',
  'Check that the server runs, and the host and port in DATABASE_URL or PGHOST and PGPORT.':
    '请确认数据库已启动，并检查 DATABASE_URL 或 PGHOST、PGPORT 中的主机和端口。',
  'The connection to the database was lost.': '与数据库的连接已断开。',
  'The database server cannot be reached.': '无法连接数据库服务器。',
  'The database server has no connection left.': '数据库服务器没有空闲连接。',
  'The database server is starting, stopping or recovering.': '数据库服务器正在启动、停止或恢复。',
  'Another session of the database holds what this command needs.':
    '数据库的另一会话占用了本命令所需的资源。',
  'No day is sealed yet: the ledger has no balances.': '尚无已封账日：总账没有余额。',
  '`loanbook eod run` closes and seals a day.': '`loanbook eod run` 执行日终并封账。',
  'This is a defect: report it with the log file.': '这是程序缺陷：请附日志文件上报。',
  'There is no such format.': '没有这种格式。',
  'Name one of them.': '请指定其中之一。',
};
