# expect-next: single-stage-build
FROM mcr.microsoft.com/dotnet/sdk:10.0
COPY . .
RUN dotnet publish -c Release -o /out
CMD ["dotnet", "/out/shop.dll"]
